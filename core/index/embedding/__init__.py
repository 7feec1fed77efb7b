"""Texts → vectors, and the vectors that search compares.

embedder.py      text → vectors
onnx_back_end.py computed with onnxruntime; onnx_export.py makes the file for it
torch_back_end.py computed with torch, on graphics cards and where there is no such file
windows.py       passages that are longer than an embedder reads
restore.py       what was embedded of a passage, told again
exact.py         exact search: every vector in memory
vectors.py       Chroma, for the largest collections
space.py         an embedder and its vectors, which are replaced as one; what an embedder is
change.py        from one embedder to another, while the first serves
embedder_list.py which there are on this machine
"""
