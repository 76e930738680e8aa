"""TimeQL, the language: text in, a table out.

stage      | input -> output
parse      | text -> ast.Statement (StatementError with a caret)
bind       | ast.Statement, snapshot, context -> plan.Plan (names, units, times, events resolved)
rewrite    | plan.Plan -> plan.Plan (rules push services and times into the scan)
execute    | plan.Plan, snapshot -> result.ResultTable
format     | ast.Statement -> text

EXPLAIN shows what each stage made of a statement.
"""
