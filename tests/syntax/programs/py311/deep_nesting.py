"""Deep nesting of blocks, functions and classes."""

import time


def level_0(x_0=0):
    def level_1(x_1=1):
        def level_2(x_2=2):
            def level_3(x_3=3):
                def level_4(x_4=4):
                    def level_5(x_5=5):
                        def level_6(x_6=6):
                            def level_7(x_7=7):
                                def level_8(x_8=8):
                                    def level_9(x_9=9):
                                        def level_10(x_10=10):
                                            def level_11(x_11=11):
                                                time.sleep(0.001)
                                                return x_0 + x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 + x_9 + x_10 + x_11

                                            return level_11()

                                        return level_10()

                                    return level_9()

                                return level_8()

                            return level_7()

                        return level_6()

                    return level_5()

                return level_4()

            return level_3()

        return level_2()

    return level_1()


class Class0:
    class Class1:
        class Class2:
            class Class3:
                class Class4:
                    class Class5:
                        class Class6:
                            class Class7:
                                def get(self):
                                    return __class__.__qualname__


def blocks(n):
    if n >= 0:
        if n >= 1:
            if n >= 2:
                if n >= 3:
                    if n >= 4:
                        if n >= 5:
                            if n >= 6:
                                if n >= 7:
                                    if n >= 8:
                                        if n >= 9:
                                            if n >= 10:
                                                if n >= 11:
                                                    if n >= 12:
                                                        if n >= 13:
                                                            if n >= 14:
                                                                return 'deep'
    return 'shallow'


def describe(value):
    return f"{value}"


def main():
    print(level_0(), Class0.Class1.Class2.Class3.Class4.Class5.Class6.Class7().get(), blocks(20), describe(1))


if __name__ == "__main__":
    main()
