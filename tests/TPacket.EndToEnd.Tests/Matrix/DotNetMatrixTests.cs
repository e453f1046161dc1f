namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>The client for .NET against every server.</summary>
public sealed class DotNetMatrixTests() : MatrixTests(new DotNetPlatform())
{
    [Theory]
    [MemberData(nameof(Cells.All), MemberType = typeof(Cells))]
    public Task A_client_works_with_a_server_over_a_wire(ServerKind server, Wire wire) => RunAsync(server, wire);
}
