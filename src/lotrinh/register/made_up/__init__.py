"""An invented estate for trials and demonstrations: nothing in it is of a real organisation."""
