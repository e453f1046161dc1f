using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>The TypeScript client in a browser against every server that browsers can use.</summary>
[Collection(nameof(ChromiumCollection))]
public sealed class ChromiumMatrixTests(ChromiumFixture browser) : MatrixTests(browser)
{
    [Theory]
    [MemberData(nameof(Cells.OfBrowsers), MemberType = typeof(Cells))]
    public Task A_client_works_with_a_server_over_a_wire(ServerKind server, Wire wire) => RunAsync(server, wire);
}
