--- Written by `pytest tests/project --update`: what every client says and does alike.
return {
  words = {
    nothing = 'nothing on the heap',
    some = '{total} on the heap',
    matter = '{number} in a loop or large',
    no_go = 'no Go',
  },
  most_restarts = 3,
  --- Milliseconds within which more crashes than that are too many.
  crash_window = 180000,
}
