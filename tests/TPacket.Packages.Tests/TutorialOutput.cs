using System.Text.RegularExpressions;

namespace TPacket.Packages.Tests;

/// <summary>Compares the output of a command with the output on a page. Times, delays, ports, process ids, random digits of nicks and folders differ between runs; offsets and user ids do not.</summary>
internal static partial class TutorialOutput
{
    private static readonly (Regex Varying, string Name)[] _varying =
    [
        (Time(), "TIME"), (Clock(), "CLOCK "), (Delay(), "in DELAY s"), (Port(), "127.0.0.1:PORT"), (ProcessId(), "process ID"), (NickDigits(), "-DIGITS"), (FileFolder(), "'.../"),
    ];

    /// <summary>Asserts that an output is the output on the page.</summary>
    public static void AssertEqual(string onPage, string actual) => Assert.True(AreEqual(onPage, actual), $"The page has:\n{onPage}\nThe command has printed:\n{actual}");

    /// <summary>Asserts that a log contains the lines on the page.</summary>
    public static void AssertContains(string onPage, string log) => Assert.Contains(Normalize(onPage), Normalize(log), StringComparison.Ordinal);

    /// <summary>Returns whether an output is the output on the page.</summary>
    public static bool AreEqual(string onPage, string actual) => Normalize(onPage) == Normalize(actual);

    private static string Normalize(string output) =>
        _varying.Aggregate(output.ReplaceLineEndings("\n").TrimEnd('\n'), static (text, varying) => varying.Varying.Replace(text, varying.Name));

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z")]
    private static partial Regex Time();

    // The chat prints the local time of a message.
    [GeneratedRegex(@"^\d\d:\d\d ", RegexOptions.Multiline)]
    private static partial Regex Clock();

    [GeneratedRegex(@"in [\d.]+ s\b")]
    private static partial Regex Delay();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Port();

    [GeneratedRegex(@"process \d+")]
    private static partial Regex ProcessId();

    [GeneratedRegex("-[0-9a-f]{8}")]
    private static partial Regex NickDigits();

    [GeneratedRegex(@"'/[^']*/")]
    private static partial Regex FileFolder();
}
