using System.Text.RegularExpressions;

namespace TPacket.Docs.Tests;

public partial class LinkTests
{
    [Fact]
    public void Every_link_to_a_file_of_the_repository_has_a_target()
    {
        var root = Repository.Root();
        if (root is null)
            return; // Run from elsewhere: the repository is not there.
        string[] pages =
        [
            .. Directory.GetFiles(root, "*.md"),
            .. Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories),
            .. Directory.GetFiles(Path.Combine(root, "samples"), "README.md", SearchOption.AllDirectories),
            .. PackageReadmes(root),
        ];

        var broken = from page in pages
                     from Match link in Link().Matches(File.ReadAllText(page))
                     let target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value)
                     where !File.Exists(target) && !Directory.Exists(target)
                     select $"{page}: {link.Groups[1].Value}";

        Assert.Empty(broken);
    }

    [Fact]
    public void The_README_of_a_package_has_no_link_to_a_file_because_a_gallery_shows_it_alone()
    {
        var root = Repository.Root();
        if (root is null)
            return; // Run from elsewhere: not every page is there.

        var readmes = PackageReadmes(root).ToList();
        var dead = from readme in readmes
                   from Match link in Link().Matches(File.ReadAllText(readme))
                   select $"{readme}: {link.Groups[1].Value}";

        Assert.Empty(dead);
        Assert.Contains(Path.Combine(root, "clients", "typescript", "README.md"), readmes);
        Assert.Contains(Path.Combine(root, "src", "TPacket.Client", "README.md"), readmes);
    }

    /// <summary>The pages in packages: one beside each project, and the page of the client for browsers and Node.</summary>
    private static IEnumerable<string> PackageReadmes(string root) =>
    [
        .. from folder in (string[])["src", "tools"]
           from package in Directory.GetDirectories(Path.Combine(root, folder))
           let readme = Path.Combine(package, "README.md")
           where File.Exists(readme)
           select readme,
        Path.Combine(root, "clients", "typescript", "README.md"),
    ];

    // Inline, or as a reference at the end of the page.
    [GeneratedRegex(@"(?:\]\(|^\[[^\]]+\]: )(?!https?:|#)([^)#\s]+)", RegexOptions.Multiline)]
    private static partial Regex Link();
}
