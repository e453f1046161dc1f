using System.Xml.Linq;

namespace TPacket.Packages.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The libraries, each of which becomes a package.</summary>
    public static string[] Libraries =>
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Where(folder => Directory.GetFiles(folder, "*.csproj").Length == 1)];

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
