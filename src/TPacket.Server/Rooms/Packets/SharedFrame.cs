using TPacket.WebSockets.Framing;

namespace TPacket.Server.Rooms.Packets;

/// <summary>One encoded packet within a buffer that many connections send from.</summary>
internal readonly record struct SharedFrame(FrameBuffer Frames, int Start, int Length);
