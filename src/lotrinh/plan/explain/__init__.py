"""What a leader may ask of a plan, one file a question; every answer is a re-solved programme, and an interval."""
