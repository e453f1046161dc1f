namespace TPacket.Docs.Tests;

/// <summary>The repository of the tests.</summary>
internal static class Repository
{
    /// <summary>Its folder; null where the tests run elsewhere.</summary>
    public static string? Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TPacket.Net.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }

    /// <summary>The text of every file of tests, and of the specifications that tests derive from; null where the tests run elsewhere.</summary>
    public static string[]? TestSources() => Root() is { } root
        ? [.. new[] { "tests", "src/TPacket.Testing" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText)]
        : null;
}
