"""Typed, hash-consed terms and the transition systems made of them."""
