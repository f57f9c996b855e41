"""A program whose comments, strings and odd spacing are to stay."""

import time as clock  # noqa: I001
import sys


def  greet( name:str ,*, mark = "!" )->str :   # odd
    # first
    clock.sleep( 0 )  ;  text = 'hi ' "there"
    # last
    return text + " " + name + mark


if True: print(greet("you", mark='?'), file = sys.stdout)  # done
