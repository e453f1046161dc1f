using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>The kernel's <c>iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessagePart
{
    public byte* Start;
    public nuint Length;
}
