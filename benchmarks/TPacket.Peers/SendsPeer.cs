using System.Net;
using System.Net.Sockets;

namespace TPacket.Peers;

/// <summary>
/// A server that measures the system's cost of sends to many connections. The first connection sends the number of other connections, in four bytes. For each later byte on the
/// first connection, the server sends a message on every other connection. When the first connection ends, the server closes the others.
/// </summary>
internal static class SendsPeer
{
    // A packet with a text of 64 bytes, and the header of its frame.
    private const int MessageLength = 90;

    public static void Run()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1024);
        Console.WriteLine($"Listening on {listener.LocalEndPoint}.");
        while (true)
        {
            using var control = listener.Accept();
            Serve(listener, control);
        }
    }

    private static void Serve(Socket listener, Socket control)
    {
        var count = new byte[sizeof(int)];
        control.Receive(count);
        var others = new Socket[BitConverter.ToInt32(count)];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = listener.Accept();
            others[i].NoDelay = true;
        }

        var message = new byte[MessageLength];
        while (control.Receive(count, 1, SocketFlags.None) > 0)
        {
            foreach (var other in others)
                other.Send(message);
        }

        foreach (var other in others)
            other.Dispose();
    }
}
