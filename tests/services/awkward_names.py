"""Names of files that every server must take as they are."""

AWKWARD = [
    "a b", "ünï文", "100%", "a%20b", "x#y", "q?z", "p+q", "a&b<c>", "it's", "semi;colon", "at@co:lon", "[1]",
    "back\\slash", 'quo"te', " lead", "trail ", "new\nline", "%", "%zz", "..x", "n" * 255, "ü" * 127, "http:", "a=b,c",
]  # fmt: skip

LETTERS = " %#?+&<>'\";:@[]{}|\\^`~!$*(),=ü文"
"""Each is written in another way by some server, or means something to somebody."""


def combined(step: int = 5) -> list[str]:
    """Names in which awkward letters meet: each with itself and with others, as blanks and escapes do in one name."""
    pairs = [
        (first, LETTERS[(place + further) % len(LETTERS)])
        for place, first in enumerate(LETTERS)
        for further in range(0, len(LETTERS), step)
    ]
    real = ["run 1 [final].root", "50% of [x]", "a%20b [1]", "{run} 1%2F2", "[a] %5B", "a b|c%7C", "%[", "[%20]"]
    return [*real, *(f"x{first}20{second} y" for first, second in pairs)]
