// What TPacket.Compare measures beside: kestrel|sockets echo|room, kestrel also with a certificate's PEM file, for TLS; or sends. Listens on a port of the system's choice, which it tells.
using TPacket.Peers;

var rooms = args is [_, "room", ..] ? new PeerRooms() : null;
switch (args)
{
    case ["kestrel", "echo" or "room"]:
        await KestrelPeer.RunAsync(rooms);
        return 0;
    case ["kestrel", "echo" or "room", var certificate]:
        await KestrelPeer.RunAsync(rooms, certificate);
        return 0;
    case ["sockets", "echo" or "room"]:
        await SocketsPeer.RunAsync(rooms);
        return 0;
    case ["sends"]:
        SendsPeer.Run();
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: TPacket.Peers kestrel|sockets echo|room, TPacket.Peers kestrel echo|room FILE, or TPacket.Peers sends");
        return 1;
}
