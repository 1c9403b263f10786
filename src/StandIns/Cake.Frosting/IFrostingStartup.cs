using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting;

/// <summary>Configures services in a class of its own.</summary>
public interface IFrostingStartup
{
    /// <summary>Registers services.</summary>
    void Configure(IServiceCollection services);
}
