// Runs a server that TPacket.Compare compares with TPacket.Net. Arguments: kestrel echo|room [PEM file of a certificate, for TLS], sockets echo|room, or sends.
// The system chooses the port, and the program prints it.
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
