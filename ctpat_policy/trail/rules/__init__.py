"""The rules of the trail: each reads one Trail and yields findings. verify.py lists them."""
