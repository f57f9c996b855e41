import time
def pause(s=0.001): time.sleep(s)
def describe(value): return f"{value}"
pause(); print(describe(1))
def last(x): return x