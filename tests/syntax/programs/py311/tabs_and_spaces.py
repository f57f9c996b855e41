"""Tabs and spaces in one file, each block by itself."""

import time


def tabbed(x):
	if x:
	    return 1
	else:
			return 2


def spaced(x, y=1):
  for _ in range(x):
  	y += 1
  return y


class Both:
	def tab(self):
		return "	"

	x = 1


class Other:
  def space(self, a	=	1):
    """Tab	inside.

	And	here.
    """
    return	a


def describe(value):
	return f"{value}	"


def pause():
 	time.sleep(0.001)


def main():
	pause()
	print(tabbed(0), spaced(2), Both().tab(), Other().space(), describe(1))


if __name__ == "__main__":
	main()
