using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>The TypeScript client in Node against every server.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeMatrixTests(NodeFixture node) : MatrixTests(node)
{
    [Theory]
    [MemberData(nameof(Cells.All), MemberType = typeof(Cells))]
    public Task A_client_works_with_a_server_over_a_wire(ServerKind server, Wire wire) => RunAsync(server, wire);
}
