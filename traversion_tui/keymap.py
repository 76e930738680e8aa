"""The key map: what every key does, as one table.

A line is `id | keys | where | label | sentence | footer`; where is S (scrubber), L (events) or
T (why), nothing for everywhere, and `later` for what this version does not do and says so.
"""

from __future__ import annotations

from typing import Final

TABLE: Final[dict[str, str]] = {
    "Move in time": """
cell_back | left h |  | One cell back | Move the playhead one cell of the scrubber back.
cell_forward | right l |  | One cell forward | Move the playhead one cell forward.
cells_back | shift+left |  | Ten cells back | Move the playhead ten cells back.
cells_forward | shift+right |  | Ten cells forward | Move the playhead ten cells forward.
event_back | comma ctrl+left |  | Previous event | Move the playhead to the event before. | step
event_forward | full_stop ctrl+right |  | Next event | Move the playhead to the next event. | step
go_start | home |  | Go to the start | Move the playhead to the first event.
go_end | end |  | Go to the end | Go to the end; stay there while input is followed.
go_to | ctrl+g at |  | Go to a moment | Type 14:32, +5m, -2h, 50%, #1234, first error or @mark.
here | J |  | Playhead to the selected event | Bring the playhead to the selected event.
back | H |  | Back | Return to the moment visited before.
forward | L |  | Forward | Go to the moment that Back left.
percent_0 | 0 | S | Go to 0 % | Move the playhead to 0 % of the recording.
percent_1 | 1 | S | Go to 10 % | Move the playhead to 10 % of the recording.
percent_2 | 2 | S | Go to 20 % | Move the playhead to 20 % of the recording.
percent_3 | 3 | S | Go to 30 % | Move the playhead to 30 % of the recording.
percent_4 | 4 | S | Go to 40 % | Move the playhead to 40 % of the recording.
percent_5 | 5 | S | Go to 50 % | Move the playhead to 50 % of the recording.
percent_6 | 6 | S | Go to 60 % | Move the playhead to 60 % of the recording.
percent_7 | 7 | S | Go to 70 % | Move the playhead to 70 % of the recording.
percent_8 | 8 | S | Go to 80 % | Move the playhead to 80 % of the recording.
percent_9 | 9 | S | Go to 90 % | Move the playhead to 90 % of the recording.
""",
    "Play": """
play | space |  | Play or pause | Play from the playhead; at the end it starts over. | play
slower | less_than_sign |  | Slower | Play slower, down to x0.1.
faster | greater_than_sign |  | Faster | Play faster, up to x1000, then event by event.
slower_here | pageup | S | Slower | Play slower.
faster_here | pagedown | S | Faster | Play faster.
stop | enter | S | Stop and return | Stop, and return to where play began.
loop | o |  | Loop | Loop off, over all, or between A and B.
follow | t |  | Follow the newest | Stay at the newest event of input opened with --follow.
""",
    "Find trouble": """
next_error | e |  | Next error | Go to the moment the next error became known. | next error
previous_error | E |  | Previous error | Go to the moment the previous error became known.
next_warning | W alt+w |  | Next warning | Go to the next warning.
previous_warning | alt+W |  | Previous warning | Go to the previous warning.
next_anomaly | x | later | Next anomaly | Go to the next anomaly.
previous_anomaly | X | later | Previous anomaly | Go to the previous anomaly.
next_change | c |  | Next change of state | Go to the next deploy, config, leader or circuit change.
previous_change | C |  | Previous change of state | Go to the change of state before.
next_related | i right_square_bracket |  | Next of the trace | Go to the trace's next event.
previous_related | I left_square_bracket |  | Previous of the trace | Go to the one before.
to_cause | u | T | Up to the cause | Select the cause one link up the tree.
to_effect | b | T | Down to the effect | Select the effect one link down the tree.
find | slash |  | Find | Find a text in the events; n and N go on.
find_next | n |  | Next hit | Go to the next event that was searched for.
find_previous | N |  | Previous hit | Go to the hit before.
filter_in | f |  | Filter in | Keep events of the row's service, or with a result's value.
filter_out | F |  | Filter out | Drop events of the row's service, or with a result's value.
filters | ctrl+f |  | Filters on or off | Switch all filters; f while they are off starts anew.
""",
    "The window of the scrubber": """
zoom_in | plus |  | Zoom in | Zoom in about the playhead. | zoom
zoom_out | minus |  | Zoom out | Zoom out about the playhead. | zoom
zoom_in_here | w shift+up | S | Zoom in | Zoom in about the playhead.
zoom_out_here | s shift+down | S | Zoom out | Zoom out about the playhead.
pan_left | a | S | Pan left | Move the window to earlier times.
pan_right | d | S | Pan right | Move the window to later times.
fit | z |  | Fit | Show the whole recording.
zoom_back | Z |  | Zoom back | Return to the window before the last zoom.
clock | T |  | Times from | Show times in the source's zone, UTC, local, since the start or since A.
""",
    "Marks": """
mark | m |  | Set a mark | Press a letter, then write a note or press enter for none.
to_mark | apostrophe |  | Go to a mark | Press a mark's letter, or ' again to jump back.
edge_a | A |  | Set edge A | Set edge A at the playhead. | A B edges
edge_b | B |  | Set edge B | Set edge B at the playhead.
compare | D | later | Compare A with B | Compare the moments A and B.
clear_edges | escape | S | Clear A and B | Take both edges away.
""",
    "Panes and lists": """
up | up k |  | Up | Select the row above.
down | down j |  | Down | Select the row below.
top | g |  | First row | Select the first row.
bottom | G |  | Last row | Select the last row.
half_up | ctrl+u |  | Half a page up | Select the row half a page above.
half_down | ctrl+d |  | Half a page down | Select the row half a page below.
page_up | pageup |  | Page up | Select the row a page above.
page_down | pagedown |  | Page down | Select the row a page below.
detail | enter |  | Detail | Show everything about the selected row. | detail
next_pane | tab |  | Next pane | Give the next pane the focus. | panes
previous_pane | shift+tab |  | Previous pane | Give the pane before the focus.
jump_mode | ctrl+o |  | Jump to a pane | Press a pane's letter to give it the focus.
view | v |  | Next view | Show log, trace, stack or map of calls on the left. | view
alone | V |  | One pane alone | Give one pane the whole room, the next one, then all again.
""",
    "Ask": """
prompt | colon |  | TimeQL | Write a statement; tab completes, up brings back others. | TimeQL
prompt_last | semicolon |  | Last statement | Write on from the last statement.
prompt_pane | ctrl+e shift+enter |  | The pane's statement | Edit the statement behind the pane.
root_cause | r | later | Root cause | Say what caused the selected event.
""",
    "Copy and keep": """
yank | y |  | Copy the text | Copy the selected event's text.
yank_row | Y |  | Copy the row | Copy the selected event as JSON.
permalink | p |  | Copy the place | Copy source:line@time of the selected event.
mouse | f2 |  | Release the mouse | Let the terminal select text with the mouse, or take it back.
plain | ctrl+l |  | Plain text | Show the rows without columns and borders, for copying.
report | R | later | Report | Write a report.
save | S | later | Save the session | Save marks, playhead and statements.
""",
    "Help and leaving": """
palette | ctrl+p |  | All actions | Find an action by its name. | all keys
help | question_mark f1 |  | Help | Show the keys of the focused pane, and all others. | help
card | U |  | What was understood | Show what was understood of the sources.
leave | q |  | Leave | Close what is open; from the top, quit.
escape | escape |  | Go back | Close what is open.
interrupt | ctrl+c |  | Cancel | Cancel what is running; twice: quit.
""",
}
