namespace TPacket.Docs.Tests;

/// <summary>Code in the docs is a quote of compiled code.</summary>
public class SnippetTests
{
    public static TheoryData<string> PagesWithCode => [.. Pages.All.Where(page => Pages.CSharpBlocks(page).Any())];

    [Theory]
    [MemberData(nameof(PagesWithCode))]
    public void Every_block_of_csharp_in_a_page_is_compiled_code(string page)
    {
        var compiled = Pages.Snippets().Values.Select(Pages.Normalise).ToHashSet();

        foreach (var block in Pages.CSharpBlocks(page).Select(Pages.Normalise))
            Assert.True(compiled.Contains(block), $"{page} has code that is no snippet:\n{block}");
    }

    [Fact]
    public void Every_snippet_is_quoted()
    {
        var quoted = Pages.All.SelectMany(Pages.CSharpBlocks).Select(Pages.Normalise).ToHashSet();

        Assert.Empty(Pages.Snippets().Where(snippet => !quoted.Contains(Pages.Normalise(snippet.Value))).Select(snippet => snippet.Key));
    }

    [Fact]
    public void The_test_reads_the_readme_and_every_page()
    {
        string[] expected = ["README.md", "docs/architecture.md", "docs/clients.md", "docs/configuration.md", "docs/extending.md", "docs/protocol.md", "src/TPacket.Client/README.md", "src/TPacket.Protocol/README.md", "src/TPacket.Server/README.md", "src/TPacket.WebSockets/README.md"];

        Assert.Subset(Pages.All.ToHashSet(), expected.ToHashSet());
    }
}
