using System.Text.RegularExpressions;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Interop.Tests.Peers;

namespace TPacket.EndToEnd.Tests;

/// <summary>The TypeScript client's own tests, which Node runs, file by file.</summary>
[Collection(nameof(NodeCollection))]
public sealed partial class NodeTestFilesTests(NodeFixture node)
{
    public static TheoryData<string> Files => [.. TypeScriptPackage.TestFiles];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_tests_of_a_file_pass(string file)
    {
        // The process fails if a test has failed.
        var output = await Tool.RunInAsync(TypeScriptPackage.Folder, node.Node, "--test", "--test-reporter=tap", $"test/{file}");

        Assert.Matches("(?m)^# pass [1-9]", output);
        foreach (var none in NotPassed().Matches(output).Select(static count => count.Groups[1].Value))
            Assert.Equal("0", none);
    }

    [GeneratedRegex("^# (?:fail|cancelled|skipped|todo) ([0-9]+)", RegexOptions.Multiline)]
    private static partial Regex NotPassed();
}
