"""A backpropagation calculator: values and gradients of a graph of layers.

>>> import backpropcli as bp
>>> result = bp.eval_formula("(apple * apple_num + orange * orange_num) * tax",
...                          apple=100, apple_num=2, orange=150, orange_num=3, tax=1.1)
>>> f"{result.value:.12g}"
'715'
>>> result.gradients["apple_num"]
110.00000000000001
"""

__version__ = "0.1.0"
