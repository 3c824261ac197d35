"""The learned models: small networks, their shipped weights, and what they compose.

The only room that imports torch, which is an optional dependency: import from here inside functions, where a network is
really wanted.  Everything runs on the CPU, offline; how the weights came about is in `cocomposer.training`.
"""
