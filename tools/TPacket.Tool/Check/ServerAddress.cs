namespace TPacket.Tool.Check;

/// <summary>The forms in which a user gives the address of a server.</summary>
internal static class ServerAddress
{
    /// <summary>Returns the address as ws: or wss:, or null where it cannot be one.</summary>
    public static Uri? Of(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return null;
        return uri.Scheme switch
        {
            "ws" or "wss" => uri,
            "http" => With(uri, "ws"),
            "https" => With(uri, "wss"),
            _ => null,
        };
    }

    /// <summary>The same address with another scheme; a default port follows the scheme.</summary>
    public static Uri With(Uri uri, string scheme) => new UriBuilder(uri) { Scheme = scheme, Port = uri.IsDefaultPort ? -1 : uri.Port }.Uri;
}
