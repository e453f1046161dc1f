using System.Globalization;
using System.Net.WebSockets;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests;

/// <summary>The parameters that one side of permessage-deflate requests, as RFC 7692 writes them: <c>server_no_context_takeover; client_max_window_bits=10</c>.</summary>
public sealed record Agreement
{
    private const int Largest = 15;

    public bool ServerTakesOver { get; private init; } = true;

    public bool ClientTakesOver { get; private init; } = true;

    public int ServerBits { get; private init; } = Largest;

    public int ClientBits { get; private init; } = Largest;

    public static Agreement Parse(string words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var agreement = new Agreement();
        foreach (var word in words.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = word.Split('=');
            agreement = parts[0] switch
            {
                "server_no_context_takeover" => agreement with { ServerTakesOver = false },
                "client_no_context_takeover" => agreement with { ClientTakesOver = false },
                "server_max_window_bits" => agreement with { ServerBits = int.Parse(parts[1], CultureInfo.InvariantCulture) },
                "client_max_window_bits" => agreement with { ClientBits = int.Parse(parts[1], CultureInfo.InvariantCulture) },
                _ => throw new FormatException(word),
            };
        }

        return agreement;
    }

    /// <summary>Returns the options of our side. Every message is compressed.</summary>
    public DeflateOptions ForUs() => new()
    {
        ServerContextTakeover = ServerTakesOver,
        ClientContextTakeover = ClientTakesOver,
        ServerMaxWindowBits = ServerBits,
        ClientMaxWindowBits = ClientBits,
        MinimumLength = 0,
    };

    /// <summary>Returns the options of the package ws, with the requested parameters only: ws rejects parameters that are set to false. Every message is compressed.</summary>
    public Dictionary<string, object> ForNode()
    {
        var options = new Dictionary<string, object> { ["threshold"] = 0 };
        if (!ServerTakesOver)
            options["serverNoContextTakeover"] = true;
        if (!ClientTakesOver)
            options["clientNoContextTakeover"] = true;
        if (ServerBits != Largest)
            options["serverMaxWindowBits"] = ServerBits;
        if (ClientBits != Largest)
            options["clientMaxWindowBits"] = ClientBits;
        return options;
    }

    /// <summary>Returns the options of .NET's client.</summary>
    public WebSocketDeflateOptions ForFramework() => new()
    {
        ServerContextTakeover = ServerTakesOver,
        ClientContextTakeover = ClientTakesOver,
        ServerMaxWindowBits = ServerBits,
        ClientMaxWindowBits = ClientBits,
    };
}
