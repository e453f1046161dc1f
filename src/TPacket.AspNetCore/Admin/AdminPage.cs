using System.Security.Cryptography;

namespace TPacket.AspNetCore.Admin;

/// <summary>The files of the page, which are embedded resources.</summary>
internal static class AdminPage
{
    public static IReadOnlyList<AdminFile> Files { get; } =
    [
        // The page has an empty path, so that its address is the prefix.
        Read("", "index.html", "text/html; charset=utf-8"),
        Read("admin.css", "admin.css", "text/css; charset=utf-8"),
        Read("icon.svg", "icon.svg", "image/svg+xml"),
        .. new[] { "admin.js", "api.js", "dialog.js", "dom.js", "lists.js", "servers.js" }.Select(static name => Read(name, name, "text/javascript; charset=utf-8")),
    ];

    private static AdminFile Read(string path, string name, string contentType)
    {
        using var stream = typeof(AdminPage).Assembly.GetManifestResourceStream($"TPacket.AspNetCore.Admin.Page.{name}")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new AdminFile(path, contentType, content, $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"");
    }
}
