namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>The client for .NET against every server.</summary>
public sealed class DotNetMatrixTests() : MatrixTests(new DotNetPlatform())
{
    [Theory]
    [MemberData(nameof(Cells.All), MemberType = typeof(Cells))]
    public Task A_cell(ServerKind server, Wire wire) => RunAsync(server, wire);
}
