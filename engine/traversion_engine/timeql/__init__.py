"""TimeQL, the language: text in, a table out.

stage      | input -> output
parse      | text -> ast.Statement (StatementError with a caret)
format     | ast.Statement -> text
"""
