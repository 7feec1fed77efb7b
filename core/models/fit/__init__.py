"""Whether and how a model is loaded, decided before it is: from its header and the memory that is free.

plan.py        context, its type, attention, layers on which device; the formulas and the order of giving up
planner.py     the plan here and now, bettered by what was learned
remembered.py  what earlier loads taught: sizes, and files that failed
"""
