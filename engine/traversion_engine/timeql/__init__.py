"""TimeQL, the language: text in, a table out.

stage      | input -> output
tokens     | text -> text of bounded size and depth (StatementError where it is not)
grammar    | text -> pieces.Piece, the tree of named rules
build      | Piece -> ast.Statement, every node with its place in the text
parse      | the three above: text -> ast.Statement (StatementError with a caret)
bind       | ast.Statement, snapshot, context -> plan.Plan (names, units, times, events resolved)
rewrite    | plan.Plan -> plan.Plan (rules push services and times into the scan)
execute    | plan.Plan, snapshot -> execute.Answer, the rows of a result.ResultTable

Beside the stages, for whoever writes or shows a statement:

expected   | text, place -> what could stand there (errors, completion)
highlight  | text, finished or not -> coloured stretches
format     | ast.Statement -> text that parses to the same tree
registry   | every statement with its columns and examples (HELP, documentation)

EXPLAIN shows what each stage made of a statement.
"""
