"""A model in a file of another program -> a scenario, and its weights.

`reading` gives the checked model, `inference` its operations one by one with what is known of them before a run,
`operations` the layers of each, `translation` all steps, and `writing` the text. Whatever a file holds is an import or
one error; what cannot be imported is listed by name and count.
"""
