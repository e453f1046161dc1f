using System.Text.RegularExpressions;

namespace TPacket.Docs.Tests;

/// <summary>The namespaces of the libraries.</summary>
public partial class NamespaceTests
{
    private static readonly string[] _public =
    [
        "Microsoft.AspNetCore.Builder", "Microsoft.Extensions.DependencyInjection",
        "TPacket.Client", "TPacket.Games", "TPacket.Protocol", "TPacket.Server", "TPacket.Testing", "TPacket.Transports", "TPacket.WebSockets",
    ];

    // Source files that several libraries compile.
    private static readonly string[] _shared = ["TPacket.Diagnostics"];

    [Fact]
    public void An_internal_type_is_in_the_namespace_of_its_folder_and_a_public_type_in_one_of_a_package()
    {
        if (Repository.Root() is not { } root)
            return; // Run from elsewhere: the repository is not there.
        var wrong = from project in Directory.EnumerateFiles(Path.Combine(root, "src"), "*.csproj", SearchOption.AllDirectories)
                    let folder = Path.GetDirectoryName(project)!
                    let set = RootNamespace().Match(File.ReadAllText(project))
                    let rootNamespace = set.Success ? set.Groups[1].Value : Path.GetFileNameWithoutExtension(project)
                    from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                    let text = File.ReadAllText(file)
                    let actual = Namespace().Match(text).Groups[1].Value
                    let inFolder = Path.Combine(rootNamespace, Path.GetRelativePath(folder, Path.GetDirectoryName(file)!)).Replace(Path.DirectorySeparatorChar, '.').TrimEnd('.')
                    where !(PublicType().IsMatch(text) ? _public : [inFolder, .. _shared]).Contains(actual)
                    select $"{Path.GetRelativePath(root, file)}: {actual}";
        Assert.Empty(wrong);
    }

    [GeneratedRegex("<RootNamespace>(.+)</RootNamespace>")]
    private static partial Regex RootNamespace();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex("^public ", RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
