namespace TPacket.Client.Connection;

/// <summary>The forms in which an application gives the address of a server.</summary>
internal static class ServerAddress
{
    /// <summary>Returns the address in the form that WebSockets have, or null where it cannot be one.</summary>
    public static Uri? Of(Uri address) => !address.IsAbsoluteUri ? null : address.Scheme switch
    {
        "ws" or "wss" => address,
        "http" => With(address, "ws"),
        "https" => With(address, "wss"),
        _ => null,
    };

    private static Uri With(Uri address, string scheme) =>
        new UriBuilder(address) { Scheme = scheme, Port = address.IsDefaultPort ? -1 : address.Port }.Uri;
}
