using System.Text.RegularExpressions;

namespace TPacket.Packages.Tests;

/// <summary>The fenced blocks of a tutorial's page. A test takes them one after the other, from the top of the page.</summary>
internal sealed partial class TutorialPage
{
    private readonly Queue<Match> _blocks;

    private TutorialPage(string text)
    {
        Text = text;
        _blocks = new(Block().Matches(text));
    }

    /// <summary>The text of the page.</summary>
    public string Text { get; }

    /// <summary>Reads a page of docs.</summary>
    public static TutorialPage Read(string page) => new(File.ReadAllText(Path.Combine(Repository.Root, "docs", page)).ReplaceLineEndings("\n"));

    /// <summary>Takes the next block, which has command lines.</summary>
    public string[] TakeCommands() => TakeOutput().TrimEnd('\n').Split('\n');

    /// <summary>Takes the next block, which has one command line.</summary>
    public string TakeCommand() => Assert.Single(TakeCommands());

    /// <summary>Takes the next block, which has the output of a command.</summary>
    public string TakeOutput()
    {
        var block = Take();
        Assert.Equal("", block.Groups["language"].Value);
        return block.Groups["text"].Value;
    }

    /// <summary>Takes the next block, which has the text of a source file.</summary>
    public (string Name, string Text) TakeSourceFile()
    {
        var block = Take();
        Assert.Equal("csharp", block.Groups["language"].Value);
        Assert.NotEqual("", block.Groups["file"].Value);
        return (block.Groups["file"].Value, block.Groups["text"].Value);
    }

    /// <summary>Asserts that the page has no further block.</summary>
    public void AssertIsRead() => Assert.Empty(_blocks.Select(static block => block.Value));

    private Match Take()
    {
        Assert.True(_blocks.TryDequeue(out var block), "The page has fewer blocks than the test.");
        return block;
    }

    // The name of a file stands in the paragraph before its block.
    [GeneratedRegex(@"(?:^`(?<file>[\w.]+)`:\n\n)?^```(?<language>\w*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
