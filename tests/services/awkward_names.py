"""Names of files that every server must take as they are."""

AWKWARD = [
    "a b", "ünï文", "100%", "a%20b", "x#y", "q?z", "p+q", "a&b<c>", "it's", "semi;colon", "at@co:lon", "[1]",
    "back\\slash", 'quo"te', " lead", "trail ", "new\nline", "%", "%zz", "..x", "n" * 255, "ü" * 127, "http:", "a=b,c",
]  # fmt: skip
