"""What a generated module needs at run time; its text becomes part of the module. Standard library only."""
