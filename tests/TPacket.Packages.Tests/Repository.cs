using System.Xml.Linq;

namespace TPacket.Packages.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The paths of the packed projects from the root: the libraries, the tool and the templates. Each package has the name of its project.</summary>
    public static IReadOnlyList<string> Packed { get; } =
    [
        .. from folder in (string[])["src", "tools"]
           from library in Directory.GetDirectories(Path.Combine(Root, folder))
           from project in Directory.GetFiles(library, "*.csproj")
           select Path.GetRelativePath(Root, project),
    ];

    /// <summary>The ids of the packages that have symbols: the libraries.</summary>
    public static IReadOnlyList<string> Libraries { get; } = [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(static folder => Path.GetFileName(folder))];

    /// <summary>The version that the libraries use of Microsoft.Extensions.*.</summary>
    public static string ExtensionsVersion =>
        XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("MicrosoftExtensionsVersion").Single().Value;

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TPacket.Net.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run from within the source tree.");
        return folder;
    }
}
