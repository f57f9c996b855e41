"""Indentation as it should not be."""

import time


def one():
 if True:
        return 1
 else:
   return 2


class Wide:
                def deep(self):
                  # a comment
# at the margin
                    # and further in
                  return [
    1,
  2,
                      3]

                def next(self): 
                        
                        return 4



def comments(  # after the bracket
    a,  # about a
    # before b
    b=2,  # about b
    # at the end
):  # after the colon
    # first
    return a + b  # last
    # after the last


def blank():

    x = 1

    # in between

    return x
# directly after


def describe(value):
    # only comments before

    return f"{value}"


def pause():
    time.sleep(0.001)
    #


def main():
    pause()
    print(one(), Wide().deep(), Wide().next(), comments(1), blank(), describe(1))


if __name__ == "__main__":
    main()
# the end
