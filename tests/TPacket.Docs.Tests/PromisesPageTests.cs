using System.Text.RegularExpressions;

namespace TPacket.Docs.Tests;

/// <summary>docs/promises.md names tests that exist.</summary>
public partial class PromisesPageTests
{
    [Fact]
    public void Every_promise_has_a_test_or_a_measurement_and_every_test_exists()
    {
        var sources = Repository.TestSources();
        if (sources is null)
            return; // Run from elsewhere: the repository is not there.
        var rows = Pages.Read("docs/promises.md").Split('\n')
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(static line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
            .Where(static cells => cells[0] is not ("promise" or "---"))
            .ToArray();
        Assert.NotEmpty(rows);

        var missing = new List<string>();
        foreach (var cells in rows)
        {
            Assert.Equal(3, cells.Length);
            var tests = Test().Matches(cells[2]);
            if (tests.Count == 0 && !cells[2].StartsWith("measured: ", StringComparison.Ordinal))
                missing.Add(cells[0]);
            missing.AddRange(tests.Where(test => !sources.Any(source => Has(source, test.Groups[1].Value, test.Groups[2].Value))).Select(static test => test.Value));
        }

        Assert.Empty(missing);
    }

    private static bool Has(string source, string type, string method) =>
        Regex.IsMatch(source, $@"\bclass {type}\b") && Regex.IsMatch(source, $@"^\s*public [^=;]*\b{method}\(", RegexOptions.Multiline);

    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex Test();
}
