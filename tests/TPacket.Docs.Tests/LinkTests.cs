using System.Text.RegularExpressions;

namespace TPacket.Docs.Tests;

public partial class LinkTests
{
    [Fact]
    public void Every_link_to_a_file_of_the_repository_leads_somewhere()
    {
        var root = Repository.Root();
        if (root is null)
            return; // Run from elsewhere; the pages alone cannot tell.
        string[] pages =
        [
            .. Directory.GetFiles(root, "*.md"),
            .. Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories),
            .. Directory.GetFiles(Path.Combine(root, "samples"), "README.md", SearchOption.AllDirectories),
            .. Directory.GetFiles(Path.Combine(root, "src"), "README.md", SearchOption.AllDirectories),
        ];

        var broken = from page in pages
                     from Match link in Link().Matches(File.ReadAllText(page))
                     let target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value)
                     where !File.Exists(target) && !Directory.Exists(target)
                     select $"{page}: {link.Groups[1].Value}";

        Assert.Empty(broken);
    }

    // In place, or as a reference at the end of the page.
    [GeneratedRegex(@"(?:\]\(|^\[[^\]]+\]: )(?!https?:|#)([^)#\s]+)", RegexOptions.Multiline)]
    private static partial Regex Link();
}
