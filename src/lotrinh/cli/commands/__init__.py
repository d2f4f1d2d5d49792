"""The commands, one file each: the function of the same name is the command.

A file of this folder is a command; it is listed nowhere else. Heavy modules are imported where they are used, so that
``--help`` stays quick.
"""
