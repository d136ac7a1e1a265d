"""`python -m aioformal`."""

from aioformal.cli import main

if __name__ == "__main__":
    main()
